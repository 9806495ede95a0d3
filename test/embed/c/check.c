/* Runs the conformance pack: check vectors.jsonl */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "call.h"

static unsigned char *bytes_of(const char *hex, size_t *length) {
  *length = strlen(hex) / 2;
  unsigned char *bytes = malloc(*length + 1);
  for (size_t i = 0; i < *length; i++) sscanf(hex + 2 * i, "%2hhx", &bytes[i]);
  return bytes;
}

/* The text behind `key`, ended where its quotation mark or comma was: a line has its keys in one order and no escapes. */
static char *value_of(char **line, const char *key, const char *end) {
  char *value = strstr(*line, key);
  if (value == NULL) abort();
  value += strlen(key);
  *line = value + strcspn(value, end);
  *(*line)++ = 0;
  return value;
}

int main(int count, char **words) {
  FILE *file = fopen(count > 1 ? words[1] : "vectors.jsonl", "r");
  if (file == NULL) return perror("vectors"), 2;
  start_planner();
  char *line = NULL;
  size_t room = 0;
  unsigned cases = 0, different = 0;
  clock_t started = clock();
  printf("{\"differences\":[");
  while (getline(&line, &room, file) > 0) {
    char *rest = line;
    const char *id = value_of(&rest, "\"id\":\"", "\"");
    const char *call = value_of(&rest, "\"call\":\"", "\"");
    size_t length, expected;
    unsigned char *request = bytes_of(value_of(&rest, "\"request\":\"", "\""), &length);
    unsigned long code = strtoul(value_of(&rest, "\"code\":", ","), NULL, 10);
    unsigned char *result = bytes_of(value_of(&rest, "\"result\":\"", "\""), &expected);
    answer_t answer = ask(*call == 'p' ? Z_plannerZ_plan : *call == 'd' ? Z_plannerZ_decode : Z_plannerZ_inspect,
                          request, (u32)length);
    if (answer.code != code || answer.length != expected || memcmp(answer.at, result, expected) != 0)
      printf("%s\"%s\"", different++ ? "," : "", id);
    cases++;
    free(request);
    free(result);
  }
  printf("],\"cases\":%u,\"milliseconds\":%ld,\"selftest\":%u}\n", cases,
         (clock() - started) * 1000 / CLOCKS_PER_SEC, Z_plannerZ_selftest(&planner));
  return 0;
}
