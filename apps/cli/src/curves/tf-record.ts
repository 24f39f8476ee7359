import { maskedCrc32c } from './crc32c.js';

/** A record as a TFRecord file has it: its length as uint64, that one's checksum, the bytes, their checksum. */
export function tfRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(16 + data.length);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return record;
}

/** The records of a TFRecord file with where each begins; it ends before the first that is cut off or damaged. */
export function* readTfRecords(file: Uint8Array): Generator<{ at: number; data: Uint8Array }> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = 0; at + 16 <= file.length; ) {
    if (view.getUint32(at + 8, true) !== maskedCrc32c(file.subarray(at, at + 8))) return;
    const end = at + 12 + Number(view.getBigUint64(at, true));
    if (end + 4 > file.length) return;
    const data = file.subarray(at + 12, end);
    if (view.getUint32(end, true) !== maskedCrc32c(data)) return;
    yield { at, data };
    at = end + 4;
  }
}
