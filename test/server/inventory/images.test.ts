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

  const svg = (attributes: string, content = '') =>
    Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" ${attributes}>${content}</svg>`);

  it.each([
    ['width="300" height="250"', 300, 250],
    [`width='30px' height='20px'`, 30, 20],
    ['viewBox="0 0 400 100"', 400, 100],
  ])('takes an SVG with %s', async (attributes, width, height) => {
    expect(await checkImage(svg(attributes))).toMatchObject({ contentType: 'image/svg+xml', width, height });
  });

  it.each(['', 'width="100%" height="100%"', 'width="300"'])(
    'refuses an SVG with only "%s"',
    async (attributes) => {
      await expect(checkImage(svg(attributes))).rejects.toMatchObject({ code: 'image_broken' });
    },
  );

  it('is not kept busy by an SVG that asks for endless drawing, or by comments', {
    timeout: 10_000,
  }, async () => {
    const groups = Array.from(
      { length: 15 },
      (_, at) => `<g id="a${at + 1}">${`<use href="#a${at}"/>`.repeat(10)}</g>`,
    );
    const uses = `<defs><rect id="a0" width="9" height="9"/>${groups.join('')}</defs><use href="#a15"/>`;
    const filters = `<filter id="f">${'<feGaussianBlur stdDeviation="500"/>'.repeat(50)}</filter>`;
    const blurred = `${filters}<rect width="4000" height="4000" filter="url(#f)"/>`;
    for (const content of [uses, blurred]) {
      const bytes = svg('width="4000" height="4000"', content);
      expect(await checkImage(bytes)).toMatchObject({ width: 4000 });
    }
    const comments = Buffer.from(`${'<!---->'.repeat(5000)}no image`);
    await expect(checkImage(comments)).rejects.toMatchObject({ code: 'unsupported_type' });
  });
});
