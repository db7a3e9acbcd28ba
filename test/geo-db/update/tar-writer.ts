export interface TarEntry {
  readonly name: string;
  readonly content?: Uint8Array;
  /** `0` file, `1` hard link, `2` symbolic link, `5` folder, `x` extended header. Default: 0. */
  readonly type?: string;
  readonly linkTo?: string;
  /** What the header says, where that is not the truth. */
  readonly size?: number;
  readonly brokenSum?: boolean;
}

/** A tar archive in the ustar format, faults to order included. */
export function tar(entries: readonly TarEntry[]): Buffer {
  return Buffer.concat([...entries.flatMap(parts), Buffer.alloc(1024)]);
}

function parts({ name, content = Buffer.alloc(0), type = '0', linkTo = '', size, brokenSum }: TarEntry) {
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write('0000644\0', 100);
  header.write(`${(size ?? content.length).toString(8).padStart(11, '0')}\0`, 124);
  header.write('        ', 148);
  header.write(type, 156);
  header.write(linkTo, 157, 100);
  header.write('ustar\0', 257);
  header.write('00', 263);
  const sum = header.reduce((total, byte) => total + byte, brokenSum === true ? 1 : 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
}
