import { describe, expect, it, vi } from 'vitest';
import { loadPlanner, plannerBytes, type Request, sectors, zero } from '../../../src/index.ts';
import { encode as canonical, map } from '../executor/payloads.ts';

const planner = await loadPlanner();
const small: Request = { action: 'create', name: 'small', table: '0 8 zero\n' };

describe('the planner', () => {
  it('is loaded from the package, or from a module that the host has', async () => {
    const own = await loadPlanner(await WebAssembly.compile(plannerBytes()));
    expect(own.selftest()).toBe(planner.selftest());
    expect(own.plan(small)).toEqual(planner.plan(small));
  });

  it('imports nothing', async () => {
    expect(WebAssembly.Module.imports(await WebAssembly.compile(plannerBytes()))).toEqual([]);
  });

  it('gives the same bytes for the same request, whatever came between', () => {
    const before = planner.plan(small).bytes;
    expect(() => planner.plan({ ...small, table: 'junk' } as Request)).toThrow();
    planner.inspect('DEV_CREATE', planner.plan(small).steps[0]!.payload);
    expect(planner.plan(small).bytes).toEqual(before);
  });

  it('compiles a request that is MessagePack already', () => {
    const request = canonical(map({ v: 1, action: 'create', name: 'small', table: '0 8 zero\n' }));
    expect(planner.planEncoded(request)).toEqual(planner.plan(small));
    expect(() => planner.planEncoded(Uint8Array.of(0xc1))).toThrow(
      expect.objectContaining({ code: 'malformed_request', operation: undefined, tableLine: undefined }),
    );
  });

  it('never changes a request', () => {
    const targets = Object.freeze([Object.freeze(zero({ length: sectors(8) }))]);
    const request = Object.freeze({ action: 'load', name: 'a', uuid: undefined, targets }) as unknown as Request;
    planner.plan(request);
    const table = new TextEncoder().encode('0 8 zero\n');
    planner.plan({ action: 'load', name: 'a', table });
    expect(new TextDecoder().decode(table)).toBe('0 8 zero\n');
  });

  it('gives bytes of its own, which no later call changes', () => {
    const { bytes, steps } = planner.plan(small);
    const before = Buffer.from(bytes);
    for (let i = 0; i < 10; i++) planner.plan({ ...small, name: `other${i}` } as Request);
    expect(Buffer.from(bytes)).toEqual(before);
    expect(steps[0]!.payload.length).toBe(312);
  });

  it('names the action in its errors', () => {
    expect(() => planner.plan({ action: 'remove', name: '' })).toThrow(
      expect.objectContaining({ code: 'empty_name', operation: 'remove', path: 'name' }),
    );
  });

  it('gives sectors of an answer as bigint, small ones too', () => {
    const { steps } = planner.plan({ action: 'table', name: 'a' });
    const reply = steps[0]!.payload.slice();
    const view = new DataView(reply.buffer);
    view.setUint32(20, 1, true);
    view.setBigUint64(312, 8n, true);
    view.setBigUint64(320, 16n, true);
    view.setUint32(332, 48, true);
    reply.set(Buffer.from('zero'), 336);
    expect(planner.decode('TABLE_STATUS', reply).targets).toEqual([
      { start: 8n, length: 16n, type: 'zero', fields: {}, params: '' },
    ]);
  });
});

describe('after a huge request', () => {
  it('the memory is given back, and a small request is planned as ever', async () => {
    let instances = 0;
    class Counted extends WebAssembly.Instance {
      constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
        super(module, imports);
        instances++;
      }
    }
    vi.stubGlobal('WebAssembly', Object.create(WebAssembly, { Instance: { value: Counted } }));
    const own = await loadPlanner();
    const before = own.plan(small).bytes;
    const rows = Array.from({ length: 250_000 }, (_, i) => `${i * 8} 8 linear /dev/mapper/a ${i * 8}\n`);
    const huge = own.plan({ action: 'create', name: 'huge', table: rows.join('') });
    expect(huge.steps[1]!.payload.length).toBeGreaterThan(16_000_000);
    expect(instances).toBe(2);
    expect(own.plan(small).bytes).toEqual(before);
    expect(instances).toBe(2);
    vi.unstubAllGlobals();
  });

  it('its plan keeps its bytes', async () => {
    const own = await loadPlanner();
    const rows = Array.from({ length: 50_000 }, (_, i) => `${i * 8} 8 zero\n`);
    const { steps } = own.plan({ action: 'load', name: 'huge', table: rows.join('') });
    const before = Buffer.from(steps[0]!.payload);
    own.plan(small);
    expect(Buffer.from(steps[0]!.payload).equals(before)).toBe(true);
  });

  it('a refusal too gives the memory back', async () => {
    const own = await loadPlanner();
    const rows = Array.from({ length: 300_000 }, (_, i) => `${i * 8} 8 zero\n`);
    expect(() => own.plan({ action: 'load', name: 'huge', table: `${rows.join('')}junk` })).toThrow(
      expect.objectContaining({ tableLine: 'junk' }),
    );
    expect(own.plan(small)).toEqual(planner.plan(small));
  });
});
