import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import * as v from 'valibot';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { LabError, toErrorData } from '@shared/errors';
import { events, type EventName } from '@shared/rpc';
import type { Lab } from '../../lab';

const Call = v.object({
  id: v.pipe(v.number(), v.safeInteger()),
  method: v.pipe(v.string(), v.maxLength(100)),
  args: v.unknown(),
});

/** Largest message accepted: index files of the largest data sets stay well below. */
const maxMessageBytes = 4 * 1024 * 1024;
/** A page that is this far behind is closed; it connects again and reloads what it shows. */
const maxBehindBytes = 64 * 1024 * 1024;

export interface RpcSockets {
  /** Takes over an upgraded connection that the caller has already let in. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
}

/**
 * The RPC contract over WebSockets: `{id, method, args}` is answered by `{id, result}` or
 * `{id, error}`; every event goes to every page as `{event, data}`.
 */
export function createRpcSockets(lab: Pick<Lab, 'dispatch' | 'on'>): RpcSockets {
  const server = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes });
  const ends = (Object.keys(events) as EventName[]).map((event) =>
    lab.on(event, (data) => {
      const message = JSON.stringify({ event, data });
      for (const socket of server.clients) send(socket, message);
    }),
  );
  server.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => {
      void reply(lab, data, isBinary).then((message) => send(socket, message));
    });
    // A message over the limit or broken framing: ws closes the socket with the right code itself.
    socket.on('error', () => socket.terminate());
  });
  return {
    accept(request, socket, head) {
      server.handleUpgrade(request, socket, head, (client) =>
        server.emit('connection', client, request),
      );
    },
    close() {
      for (const end of ends) end();
      for (const socket of server.clients) socket.close(1001, 'the lab is closing');
      server.close();
    },
  };
}

async function reply(
  lab: Pick<Lab, 'dispatch'>,
  data: RawData,
  isBinary: boolean,
): Promise<string> {
  let id: number | null = null;
  try {
    const call = parse(data, isBinary);
    id = call.id;
    const result = await lab.dispatch(call.method, call.args);
    return JSON.stringify({ id, result });
  } catch (error) {
    return JSON.stringify({ id, error: toErrorData(error) });
  }
}

function parse(data: RawData, isBinary: boolean): v.InferOutput<typeof Call> {
  try {
    if (isBinary || !Buffer.isBuffer(data)) throw new TypeError('a binary message');
    return v.parse(Call, JSON.parse(data.toString('utf8')));
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw new LabError({
      kind: 'bad-input',
      message: `a message must be {id, method, args} as JSON text (${found})`,
      safe: 'Nothing was done.',
      next: 'Reload the page; page and lab may be of different versions.',
    });
  }
}

function send(socket: WebSocket, message: string): void {
  if (socket.readyState !== socket.OPEN) return;
  if (socket.bufferedAmount > maxBehindBytes) socket.close(1013, 'too far behind');
  else socket.send(message);
}
