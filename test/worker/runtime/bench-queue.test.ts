import { describe, expect, it } from 'vitest';
import type { BenchPayload, BenchReply, WorkerMessage } from '../../../src/shared/worker-protocol';
import { BenchQueue, type BenchTicket } from '../../../src/worker/runtime/bench/queue';

const payload = { attackId: 'fgsm' } as BenchPayload;
const reply = { attacked: new Float32Array() } as BenchReply;

function queue(answer: (payload: BenchPayload, ticket: BenchTicket) => Promise<BenchReply>) {
  const said: WorkerMessage[] = [];
  const made = new BenchQueue((message) => said.push(message), answer);
  const words = () =>
    said.map((message) =>
      message.type === 'bench-refused' ? `${message.type} ${message.error.kind}` : message.type,
    );
  return { queue: made, said, words };
}

describe('questions of the bench', () => {
  it('are answered one after the other, each once', async () => {
    let together = 0;
    const { queue: bench, said } = queue(async (_, ticket) => {
      expect(++together).toBe(1);
      await ticket.checkpoint();
      together--;
      return reply;
    });
    bench.ask(1, payload);
    bench.ask(2, payload);
    expect(bench.idle).toBe(false);
    await expect.poll(() => bench.idle).toBe(true);
    expect(said).toEqual([
      { type: 'bench-answer', requestId: 1, reply },
      { type: 'bench-answer', requestId: 2, reply },
    ]);
  });

  it('that are cancelled end at their next checkpoint, and the next one is answered', async () => {
    const begun: number[] = [];
    const { queue: bench, words } = queue(async (_, ticket) => {
      begun.push(begun.length + 1);
      if (begun.length === 1) for (;;) await ticket.checkpoint();
      return reply;
    });
    bench.ask(1, payload);
    await expect.poll(() => begun).toEqual([1]);
    bench.ask(2, payload);
    bench.cancel(1);
    await expect.poll(words).toEqual(['bench-refused cancelled', 'bench-answer']);
  });

  it('that are cancelled before their turn are never begun', async () => {
    let begun = 0;
    const { queue: bench, words } = queue(async (_, ticket) => {
      begun++;
      await ticket.checkpoint();
      return reply;
    });
    bench.ask(1, payload);
    bench.ask(2, payload);
    bench.cancel(2);
    await expect.poll(words).toEqual(['bench-answer', 'bench-refused cancelled']);
    expect(begun).toBe(1);
  });

  it('tell a phase once at a time, however often they look at the model', async () => {
    const { queue: bench, said } = queue(async (_, ticket) => {
      ticket.tell('opening', 0);
      for (let look = 1; look <= 1000; look++) ticket.tell('attacking', look);
      await ticket.checkpoint();
      return reply;
    });
    bench.ask(1, payload);
    await expect.poll(() => bench.idle).toBe(true);
    const phases = said.flatMap((message) => (message.type === 'bench-phase' ? [message] : []));
    expect(phases.slice(0, 2)).toMatchObject([
      { phase: 'opening', done: 0 },
      { phase: 'attacking', done: 1 },
    ]);
    expect(phases.length).toBeLessThan(20);
  });

  it('end when the process is to end', async () => {
    const { queue: bench, words } = queue(async (_, ticket) => {
      for (;;) await ticket.checkpoint();
    });
    bench.ask(1, payload);
    bench.ask(2, payload);
    await bench.close();
    expect(words()).toEqual(['bench-refused cancelled', 'bench-refused cancelled']);
  });
});
