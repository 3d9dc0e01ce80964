/** A gRPC server that refuses every call with one status, and counts them. */

import { createServer, type Http2Server } from "node:http2";
import type { AddressInfo } from "node:net";

export type GrpcRefusals = {
  /** `host:port` */
  readonly address: string;
  /** From now on. @param status google.rpc.Code */
  refuse(status: number, message: string): void;
  /** Calls since the last change of status. */
  calls(): number;
  close(): void;
};

export async function startGrpcRefusals(): Promise<GrpcRefusals> {
  let [status, message, calls] = [0, "", 0];
  const server: Http2Server = createServer();
  const sessions = new Set<{ destroy(): void }>();
  server.on("session", (session) => void sessions.add(session));
  server.on("stream", (stream) => {
    calls++;
    stream.on("error", () => {});
    const headers = {
      ":status": 200,
      "content-type": "application/grpc",
      "grpc-status": String(status),
      "grpc-message": encodeURIComponent(message),
    };
    stream.respond(headers, { endStream: true });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    refuse(nextStatus, nextMessage) {
      [status, message, calls] = [nextStatus, nextMessage, 0];
    },
    calls: () => calls,
    close() {
      for (const session of sessions) session.destroy();
      server.close();
    },
  };
}
