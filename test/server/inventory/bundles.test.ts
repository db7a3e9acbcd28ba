import { describe, expect, it } from 'vitest';
import { unpackBundle } from '../../../server/inventory/bundle-pack.ts';
import { checkBundle } from '../../../server/inventory/index.ts';
import { type ZipEntry, zipOf } from '../../support/zip.ts';

const index = (content = '<!doctype html><html><head></head><body>x</body></html>', name = 'index.html') => ({
  name,
  content,
});
const check = (entries: readonly ZipEntry[]) => checkBundle(zipOf(entries));

describe('an HTML5 bundle', () => {
  it('is taken with what it holds, without what archivers add, and says its size', async () => {
    const bundle = await check([
      index(
        '<html><head><meta name="ad.size" content="width=300,height=250"><script>var clickTag="x"</script>',
      ),
      { name: 'img/', content: '' },
      { name: 'img/ä b.png', content: 'png' },
      { name: '__MACOSX/img/._a.png', content: 'x' },
      { name: '.DS_Store', content: 'x' },
    ]);
    expect(bundle).toMatchObject({ entry: 'index.html', width: 300, height: 250, files: 2, clickTag: true });
    const files = unpackBundle(Buffer.from(bundle.pack));
    expect([...files.keys()]).toEqual(['index.html', 'img/ä b.png']);
    expect(Buffer.from(files.get('img/ä b.png')!.bytes).toString()).toBe('png');
    expect(Buffer.from(files.get('index.html')!.bytes).toString()).toMatch(
      /^<html><head><script src="..\/..\/click-tag.js"><\/script><meta/,
    );
  });

  it('has the same address whenever it is uploaded', async () => {
    expect((await check([index()])).hash).toBe((await check([index()])).hash);
    expect((await check([index()])).hash).not.toBe((await check([index('<p>other')])).hash);
  });

  it.each([
    ['in a folder', [index('<p>', 'ad/index.html'), index('<p>', 'ad/deep/index.html')], 'ad/index.html'],
    ['under another name, when it is alone', [index('<p>', 'banner.html')], 'banner.html'],
  ])('has its entry %s', async (_, entries, entry) => {
    const bundle = await check(entries);
    expect(bundle).toMatchObject({ entry, width: null, height: null, clickTag: false });
    const up = '../'.repeat(entry.split('/').length + 1);
    const page = unpackBundle(Buffer.from(bundle.pack)).get(entry);
    expect(Buffer.from(page!.bytes).toString()).toBe(`<script src="${up}click-tag.js"></script><p>`);
  });

  const many = Array.from({ length: 201 }, (_, at) => ({ name: `${at}.txt`, content: 'x' }));
  it.each<[string, readonly ZipEntry[], string]>([
    ['leads out of itself', [index(), { name: '../evil.js', content: '' }], 'bundle_broken'],
    ['leads out of itself further in', [index(), { name: 'a/../../evil.js', content: '' }], 'bundle_broken'],
    ['has an absolute path', [index(), { name: '/etc/passwd.txt', content: '' }], 'bundle_broken'],
    ['has a path of Windows', [index(), { name: 'C:\\evil.js', content: '' }], 'bundle_broken'],
    ['holds a link', [index(), { name: 'a.js', content: '/etc/passwd', mode: 0o120777 }], 'bundle_broken'],
    ['holds a hidden file', [index(), { name: '.htaccess', content: 'x' }], 'bundle_broken'],
    ['is encrypted', [index(), { name: 'a.js', content: 'x', encrypted: true }], 'bundle_broken'],
    ['lies about a size', [index(), { name: 'a.js', content: 'xxxx', claimedBytes: 3 }], 'bundle_broken'],
    ['holds a file twice', [index(), index()], 'bundle_broken'],
    ['has no page', [{ name: 'a.js', content: 'x' }], 'invalid_input'],
    ['is empty', [], 'invalid_input'],
    ['has too many files', [index(), ...many], 'invalid_input'],
    ['unfolds without end', [index(), { name: 'a.js', content: Buffer.alloc(1024 * 1024) }], 'invalid_input'],
    [
      'is too large unpacked',
      [index(), ...[1, 2].map((n) => ({ name: `${n}.mp4`, content: noise(5.5 * 1024 * 1024) }))],
      'body_too_large',
    ],
    ['holds a program', [index(), { name: 'a.php', content: '<?php' }], 'unsupported_type'],
    ['holds a file without a type', [index(), { name: 'README', content: 'x' }], 'unsupported_type'],
  ])('that %s is refused', async (_, entries, code) => {
    await expect(check(entries)).rejects.toMatchObject({ code });
  });

  it('that is no zip, or half of one, is refused', async () => {
    const whole = zipOf([index()]);
    for (const bytes of [Buffer.alloc(0), Buffer.from('hello'), whole.subarray(0, 60), whole.subarray(30)]) {
      await expect(checkBundle(bytes)).rejects.toMatchObject({ code: 'bundle_broken' });
    }
  });

  it('with tags without end is read in no time', { timeout: 10_000 }, async () => {
    const tags = Array.from({ length: 100_000 }, (_, at) => `<meta name ${Math.imul(at, 40_503)} `).join('');
    const content = `${tags}<meta name="ad.size" content="width=300,height=250">`;
    expect(await checkBundle(zipOf([{ name: 'index.html', content }]))).toMatchObject({
      width: 300,
      height: 250,
    });
  });

  it('that was altered anywhere is refused or still a bundle, and nothing worse', async () => {
    const whole = zipOf([index(), { name: 'a.js', content: 'let a = 1;'.repeat(50) }]);
    for (let at = 0; at < whole.length; at += 1) {
      const altered = Buffer.from(whole);
      altered[at] = (altered[at] as number) ^ 0x15;
      await checkBundle(altered).catch((error) =>
        expect(error).toMatchObject({
          code: expect.stringMatching(/^(bundle_broken|invalid_input|unsupported_type)$/),
        }),
      );
    }
  });
});

/** Bytes that cannot be packed: a linear congruence is noise enough for deflate. */
function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 1;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}
