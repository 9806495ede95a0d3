import { plan, request, result, result_length } from './calls';
import { REQUESTS, REQUESTS_COUNT, SIZE_REQUEST, TABLES } from './generated/tables';

const FNV_BASIS: u32 = 0x811c9dc5;
const FNV_PRIME: u32 = 0x01000193;

/** A checksum over what the built-in requests compile to (FNV-1a, 32 bits, over error codes and answers). */
export function selftest(): u32 {
  let sum = FNV_BASIS;
  for (let i: usize = 0; i < REQUESTS_COUNT; i++) {
    const record = TABLES + REQUESTS + i * SIZE_REQUEST;
    const length = <u32>load<u16>(record, 2);
    const at = request(length);
    if (at == 0) return 0;
    memory.copy(at, TABLES + load<u16>(record), length);
    sum = (sum ^ plan()) * FNV_PRIME;
    for (let byte: u32 = 0; byte < result_length(); byte++) {
      sum = (sum ^ load<u8>(result() + byte)) * FNV_PRIME;
    }
  }
  return sum;
}
