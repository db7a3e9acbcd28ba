/** User-Agent headers of real browsers: `count` different ones, the most common kinds first. */
export function userAgents(count: number): readonly string[] {
  const all: string[] = [];
  for (let step = 0; all.length < count; step++) {
    const chrome = 140 - (step % 40);
    const firefox = 142 - (step % 40);
    const ios = `${17 + (step % 2)}_${step % 7}`;
    const android = 10 + (step % 6);
    const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)';
    all.push(
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/${chrome}.0.0.${step} Safari/537.36`,
      `Mozilla/5.0 (iPhone; CPU iPhone OS ${ios} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${17 + (step % 2)}.${step % 7} Mobile/15E${148 + step} Safari/604.1`,
      `Mozilla/5.0 (Linux; Android ${android}; K) ${webkit} Chrome/${chrome}.0.${step}.0 Mobile Safari/537.36`,
      `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${16 + (step % 3)}.${step % 7} Safari/605.1.${15 + step}`,
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:${firefox}.0) Gecko/20100101 Firefox/${firefox}.${step}`,
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/${chrome}.0.0.0 Safari/537.36 Edg/${chrome}.0.${2000 + step}.0`,
      `Mozilla/5.0 (X11; Linux x86_64; rv:${firefox}.0) Gecko/20100101 Firefox/${firefox}.${step}`,
      `Mozilla/5.0 (Linux; Android ${android}; SAMSUNG SM-S9${10 + (step % 9)}B) ${webkit} SamsungBrowser/${20 + (step % 8)}.0 Chrome/${chrome}.0.0.${step} Mobile Safari/537.36`,
      `Mozilla/5.0 (X11; Linux x86_64) ${webkit} Chrome/${chrome}.0.0.0 Safari/537.36 OPR/${100 + (step % 20)}.0.${step}.0`,
      `Mozilla/5.0 (iPad; CPU OS ${ios} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${17 + (step % 2)}.0 Mobile/15E${148 + step} Safari/604.1`,
    );
  }
  return all.slice(0, count);
}
