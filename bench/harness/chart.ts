import { figureOf } from './figures.ts';
import { type Job, perCpuSecond, type Results, type SubjectResults, samplesOf } from './results.ts';
import { short } from './tables.ts';

const panels: readonly { job: Job; title: string; limit: string }[] = [
  { job: 'user', title: 'Read the current user', limit: 'bare node:http' },
  { job: 'refresh', title: 'Refresh', limit: 'bare SQLite transactions' },
  { job: 'sign-in', title: 'Sign in', limit: 'bare argon2id' },
  { job: 'sign-up', title: 'Sign up', limit: '' },
];

const [width, barHeight, gap, labelWidth, panelHead] = [740, 16, 5, 190, 34];

const style = `
  text { font: 12px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600 }
  .bar { fill: #8c959f } .ours { fill: #0969da } .limit { fill: #d0d7de }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .bar { fill: #6e7681 } .ours { fill: #4493f8 } .limit { fill: #30363d }
  }`;

/** The four jobs on SQLite: how many a core does in a second. Each panel has its own scale, and says its numbers. */
export function chartOf({ subjects }: Results): string {
  let top = 24;
  const drawn = panels.map(({ job, title, limit }) => {
    const shown = subjects.filter((it) => it.jobs[job] !== undefined && (it.store === 'sqlite' || it.name === limit));
    const rows = shown
      .filter((it) => !it.name.startsWith('bare') || it.name === limit)
      .map((it) => ({ it, value: figureOf(samplesOf(it, job, perCpuSecond)).median }))
      .toSorted((a, b) => b.value - a.value);
    const text = panel(title, rows, top);
    top += panelHead + rows.length * (barHeight + gap);
    return text;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top}" width="${width}" height="${top}" role="img">
<title>How many a core does in a second, on SQLite</title>
<style>${style}
</style>
${drawn.join('')}</svg>
`;
}

function panel(title: string, rows: readonly { it: SubjectResults; value: number }[], top: number): string {
  const most = Math.max(...rows.map(({ value }) => value));
  const bars = rows.map(({ it, value }, row) => {
    const y = top + 10 + row * (barHeight + gap);
    const length = Math.max(1, (value / most) * (width - labelWidth - 90));
    const kind = it.name === 'Keyward' ? 'ours' : it.name.startsWith('bare') ? 'limit' : 'bar';
    const label = `${it.name}${it.hash === 'equal' ? `, ${it.hashName}` : ''}`;
    return `<text x="${labelWidth - 8}" y="${y + 12}" text-anchor="end">${label}</text>
<rect class="${kind}" x="${labelWidth}" y="${y}" width="${length.toFixed(1)}" height="${barHeight}" rx="2"/>
<text x="${labelWidth + length + 6}" y="${y + 12}">${short(value)}</text>
`;
  });
  return `<text class="title" x="${labelWidth}" y="${top}">${title}, for each CPU second</text>\n${bars.join('')}`;
}
