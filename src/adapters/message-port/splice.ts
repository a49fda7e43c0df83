import type { Socket } from "../../socket/index.ts";

/** Makes two sockets one connection: bytes, ends, back-pressure and resets of each go on to the other. */
export function splice(one: Socket, other: Socket): void {
  forward(one, other);
  forward(other, one);
}

function forward(from: Socket, to: Socket): void {
  from.open({
    onData(bytes) {
      if (!to.write(bytes, true)) from.pause();
    },
    onEnd: () => to.end(),
    onDrain: () => to.resume(),
    onClose(error) {
      if (error) to.destroy(error);
    },
  });
}
