// A host in Go, over the C that wasm2c makes of planner.wasm (../c/library.c): docs/abi.md in code. Copy it.
package main

/*
#include <stdint.h>
#include <stdlib.h>
void planner_start(void);
uint32_t planner_ask(char call, const unsigned char *request, uint32_t length, const unsigned char **answer, uint32_t *answer_length);
uint32_t planner_selftest(void);
*/
import "C"

import (
	"sync"
	"unsafe"
)

var planner struct {
	start sync.Once
	lock  sync.Mutex
}

// Ask makes one call, "plan", "decode" or "inspect", with a request in MessagePack: its code, 0 or that of an error, and the
// answer in MessagePack.
func Ask(call string, request []byte) (code uint32, answer []byte) {
	planner.start.Do(func() { C.planner_start() })
	planner.lock.Lock()
	defer planner.lock.Unlock()
	var from *C.uchar
	if len(request) > 0 {
		from = (*C.uchar)(unsafe.Pointer(&request[0]))
	}
	var at *C.uchar
	var length C.uint32_t
	code = uint32(C.planner_ask(C.char(call[0]), from, C.uint32_t(len(request)), &at, &length))
	return code, C.GoBytes(unsafe.Pointer(at), C.int(length))
}

// Selftest is the same number wherever the same planner runs.
func Selftest() uint32 {
	planner.start.Do(func() { C.planner_start() })
	planner.lock.Lock()
	defer planner.lock.Unlock()
	return uint32(C.planner_selftest())
}
