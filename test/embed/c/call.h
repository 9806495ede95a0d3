/* planner.wasm as C by wasm2c (wabt 1.0.32): wasm2c planner.wasm -n planner -o planner.c. See docs/abi.md. */
#include <string.h>
#include "planner.h"

typedef struct {
  u32 code;                /* 0, or the code of an error */
  const unsigned char *at; /* MessagePack, valid until the next call */
  u32 length;
} answer_t;

static Z_planner_instance_t planner;

static void start_planner(void) {
  wasm_rt_init();
  Z_planner_init_module();
  Z_planner_instantiate(&planner);
}

/* One call: Z_plannerZ_plan, Z_plannerZ_decode or Z_plannerZ_inspect. */
static answer_t ask(u32 (*call)(Z_planner_instance_t *), const void *request, u32 length) {
  u32 at = Z_plannerZ_request(&planner, length);
  if (at != 0) memcpy(Z_plannerZ_memory(&planner)->data + at, request, length);
  answer_t answer = {.code = call(&planner)};
  /* the memory may have grown, and moved */
  answer.at = Z_plannerZ_memory(&planner)->data + Z_plannerZ_result(&planner);
  answer.length = Z_plannerZ_result_length(&planner);
  return answer;
}
