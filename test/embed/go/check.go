package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"log"
	"os"
	"runtime"
	"time"
)

type vector struct {
	ID      string `json:"id"`
	Call    string `json:"call"`
	Request string `json:"request"`
	Code    uint32 `json:"code"`
	Result  string `json:"result"`
}

type report struct {
	Version      string   `json:"version"`
	Cases        int      `json:"cases"`
	Milliseconds int64    `json:"milliseconds"`
	Differences  []string `json:"differences"`
	Selftest     uint32   `json:"selftest"`
}

// Runs the conformance pack: check vectors.jsonl
func main() {
	file, err := os.Open(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	found := report{Version: runtime.Version(), Differences: []string{}}
	started := time.Now()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<17)
	for lines.Scan() {
		var each vector
		if err := json.Unmarshal(lines.Bytes(), &each); err != nil {
			log.Fatal(err)
		}
		request, err := hex.DecodeString(each.Request)
		if err != nil {
			log.Fatal(err)
		}
		code, answer := Ask(each.Call, request)
		if code != each.Code || hex.EncodeToString(answer) != each.Result {
			found.Differences = append(found.Differences, each.ID)
		}
		found.Cases++
	}
	if err := lines.Err(); err != nil {
		log.Fatal(err)
	}
	found.Milliseconds = time.Since(started).Milliseconds()
	found.Selftest = Selftest()
	if err := json.NewEncoder(os.Stdout).Encode(found); err != nil {
		log.Fatal(err)
	}
}
