/** A proxy in front of a server, on which the network fails as told. */

import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

export type Network =
  /** All passes. */
  | "up"
  /** Nobody listens any more. */
  | "refused"
  /** Connections stand, and nothing goes through. */
  | "hanging"
  /** Requests arrive; their connection is reset before the answer. */
  | "answers-lost";

export type FaultProxy = {
  /** `host:port` */
  readonly address: string;
  become(network: Network): Promise<void>;
  /** The connections of now swallow all that they are given, for ever; later ones pass it. */
  swallowKnown(): void;
  close(): Promise<void>;
};

/** Longer than a server on this machine takes to do what it was asked. */
const RESET_AFTER_MS = 700;

/** @param target `host:port` */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const [host, port] = target.split(":");
  let network: Network = "up";
  const open = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    open.add(socket);
    socket.on("error", () => {});
    return socket.on("close", () => void open.delete(socket));
  };

  const swallowing = new WeakSet<Socket>();
  function pass(client: Socket): void {
    const server = keep(connect(Number(port), host));
    client.on("data", (bytes) => {
      if (network === "hanging" || swallowing.has(client)) return;
      server.write(bytes);
      if (network === "answers-lost") setTimeout(() => void client.destroy(), RESET_AFTER_MS);
    });
    server.on("data", (bytes) => void (network === "up" && client.write(bytes)));
    client.on("close", () => void server.destroy());
    server.on("close", () => void client.destroy());
  }

  const listen = (on: number): Promise<Server> =>
    new Promise((resolve) => {
      const server = createServer((client) => pass(keep(client)));
      server.listen(on, "127.0.0.1", () => resolve(server));
    });
  const stop = (server: Server): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of open) socket.destroy();
    });

  let server: Server | undefined = await listen(0);
  const own = (server.address() as AddressInfo).port;
  return {
    address: `127.0.0.1:${own}`,
    async become(next) {
      network = next;
      if (next === "refused" && server !== undefined) {
        await stop(server);
        server = undefined;
      } else if (next !== "refused") server ??= await listen(own);
    },
    swallowKnown() {
      for (const socket of open) swallowing.add(socket);
      network = "up";
    },
    async close() {
      if (server !== undefined) await stop(server);
    },
  };
}
