import type { CallOptions } from '../client/connection.ts';
import type { DeviceMapper, DeviceRef } from '../device-mapper.ts';
import { DmError, type DmErrorFields, isDmError } from '../errors.ts';
import type { Message } from '../messages.ts';
import { type Decoded, infoOf } from '../reply.ts';

/**
 * Sends a message and makes sure that there was a target to hear it: where there is no table Linux 6.1 drops it and says
 * that all is well, and later ones say EINVAL.
 * @throws {DmError} `no_table`
 */
export async function heard(
  dm: DeviceMapper,
  device: DeviceRef,
  message: Message,
  call: CallOptions,
  send: () => Promise<Decoded>,
): Promise<Decoded> {
  if (isForDevice(message)) return send();
  try {
    const answer = await send();
    if (!infoOf(answer.header).liveTable) throw unheard({ reply: answer.header });
    return answer;
  } catch (error) {
    if (!isDmError(error, 'message_refused')) throw error;
    const { liveTable } = await dm.info(device, call);
    throw liveTable ? error : unheard({ ...error, cause: error });
  }
}

/** Statistics are the device's own, whatever its targets (dm-ioctl.c message_for_md). */
function isForDevice(message: Message): boolean {
  if (message instanceof Uint8Array) return message[0] === '@'.charCodeAt(0);
  return (typeof message === 'string' ? message : message.target).startsWith('@');
}

function unheard(known: Partial<DmErrorFields>): DmError {
  return new DmError({
    ...known,
    code: 'no_table',
    message: 'the device has no live table, and so no target that could hear the message',
    operation: 'message',
  });
}
