import { generate } from 'lean-qr';
import { useMemo } from 'react';

/** White around the code, without which cameras do not find it, in its own squares. */
const quiet = 3;

/** Drawn here: the secret goes to nobody. */
export function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const { size, path } = useMemo(() => {
    const code = generate(text);
    const squares: string[] = [];
    for (let y = 0; y < code.size; y += 1) {
      for (let x = 0; x < code.size; x += 1) {
        if (code.get(x, y)) squares.push(`M${x + quiet} ${y + quiet}h1v1h-1z`);
      }
    }
    return { size: code.size + 2 * quiet, path: squares.join('') };
  }, [text]);
  return (
    <svg viewBox={`0 0 ${size} ${size}`} width={176} height={176} role="img" aria-label={label}>
      <rect width={size} height={size} fill="#fff" rx={1.5} />
      <path d={path} fill="#000" shapeRendering="crispEdges" />
    </svg>
  );
}
