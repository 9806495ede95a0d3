/* The planner for languages that call C: one process-wide instance behind three functions. One thread at a time. */
#include "call.h"

/* Once, before the others. */
void planner_start(void) { start_planner(); }

/* 'p' plans, 'd' decodes, 'i' inspects. The code; the answer is valid until the next call. */
u32 planner_ask(char call, const unsigned char *request, u32 length, const unsigned char **answer, u32 *answer_length) {
  answer_t found = ask(call == 'p' ? Z_plannerZ_plan : call == 'd' ? Z_plannerZ_decode : Z_plannerZ_inspect,
                       request, length);
  *answer = found.at;
  *answer_length = found.length;
  return found.code;
}

u32 planner_selftest(void) { return Z_plannerZ_selftest(&planner); }
