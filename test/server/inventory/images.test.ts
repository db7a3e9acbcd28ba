import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { assetFileName, checkImage } from '../../../server/inventory/index.ts';

const plain = () =>
  sharp({
    create: {
      width: 60,
      height: 40,
      channels: 3,
      background: 'red',
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
    },
  });

describe('checkImage', () => {
  it.each([
    ['png', 'image/png', 'png'],
    ['jpeg', 'image/jpeg', 'jpg'],
    ['gif', 'image/gif', 'gif'],
    ['webp', 'image/webp', 'webp'],
    ['avif', 'image/avif', 'avif'],
  ] as const)('takes a whole %s and refuses three quarters of it', async (format, contentType, extension) => {
    const bytes = await plain().toFormat(format).toBuffer();
    const image = await checkImage(bytes);
    expect(image).toMatchObject({
      contentType,
      width: 60,
      height: 40,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(assetFileName(image.hash, image.contentType)).toBe(`${image.hash}.${extension}`);
    const cut = bytes.subarray(0, Math.floor(bytes.length * 0.75));
    await expect(checkImage(cut)).rejects.toMatchObject({ code: 'image_broken' });
  });

  it('measures one frame of an animation', async () => {
    const frames = await Promise.all(
      ['red', 'green', 'blue'].map((background) =>
        sharp({ create: { width: 30, height: 20, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    );
    for (const format of ['gif', 'webp'] as const) {
      const bytes = await sharp(frames, { join: { animated: true } })
        .toFormat(format)
        .toBuffer();
      expect(await checkImage(bytes)).toMatchObject({ width: 30, height: 20 });
    }
  });

  it('measures a photograph as it is shown, upright', async () => {
    const bytes = await plain().withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(await checkImage(bytes)).toMatchObject({ width: 40, height: 60 });
  });

  it('goes on after a broken image', async () => {
    const good = await plain().png().toBuffer();
    const results = await Promise.allSettled([checkImage(good.subarray(0, 50)), checkImage(good)]);
    expect(results.map((result) => result.status)).toEqual(['rejected', 'fulfilled']);
  });

  it('survives every single byte of a small image being wrong', async () => {
    const bytes = await sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    for (let at = 0; at < bytes.length; at += 1) {
      const broken = Buffer.from(bytes);
      broken[at] = (broken[at] ?? 0) ^ 0xff;
      const outcome = await checkImage(broken).then(
        () => 'fits',
        (error: { code: string }) => error.code,
      );
      expect(['fits', 'image_broken', 'unsupported_type', 'invalid_input']).toContain(outcome);
    }
  });
});
