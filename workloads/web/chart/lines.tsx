import { CategoryScale, Chart, LinearScale, LineController, LineElement, PointElement } from 'chart.js';
import { useEffect, useRef } from 'react';
import './legend.css';
import './lines.css';

Chart.register(LineController, LineElement, PointElement, LinearScale, CategoryScale);

export interface Line {
  readonly name: string;
  readonly label: string;
  readonly color: string;
  /** Null where nothing is known. */
  readonly values: readonly (number | null)[];
}

/** How lines are told apart without their colours; the fifth looks like the first. */
const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [10, 3, 2, 3]];
const dashOf = (index: number) => DASHES[index % DASHES.length] ?? [];

interface LinesProps {
  readonly lines: readonly Line[];
  /** What stands below the first and the last value. */
  readonly ends: readonly [string, string];
  /** What the chart shows, in words with its figures. */
  readonly name: string;
}

/** Lines over one time. The figures must stand beside it as text. */
export function Lines({ lines, ends, name }: LinesProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const chart = useRef<Chart<'line', (number | null)[], string>>(undefined);
  const [first, last] = ends;

  useEffect(() => {
    if (!canvas.current) return;
    const ink = getComputedStyle(canvas.current);
    const drawn = new Chart<'line', (number | null)[], string>(canvas.current, {
      type: 'line',
      data: { labels: [], datasets: [] },
      options: {
        animation: false,
        events: [],
        maintainAspectRatio: false,
        scales: {
          x: { display: false },
          y: {
            beginAtZero: true,
            suggestedMax: 4,
            ticks: { precision: 0, maxTicksLimit: 5, color: ink.color },
            grid: { color: 'rgb(128 128 128 / 0.25)' },
          },
        },
      },
    });
    chart.current = drawn;
    return () => drawn.destroy();
  }, []);

  useEffect(() => {
    const drawn = chart.current;
    if (!drawn || !canvas.current) return;
    drawn.data.labels = lines[0]?.values.map(String) ?? [];
    drawn.data.datasets = lines.map(({ color, values }, index) => ({
      data: [...values],
      // Dashes lie over the line before them: under it, equal values would leave only that one to be seen.
      order: -index,
      borderColor: color,
      borderWidth: 2.5,
      borderDash: [...dashOf(index)],
      // The last value is marked: alone it would be no line.
      pointRadius: values.map((_, at) => (at === values.length - 1 ? 4 : 0)),
      pointBackgroundColor: color,
      clip: false as const,
      tension: 0,
    }));
    const ticks = drawn.options.scales?.y?.ticks;
    // The page may have gone from light to dark meanwhile.
    if (ticks) ticks.color = getComputedStyle(canvas.current).color;
    drawn.update('none');
  }, [lines]);

  return (
    <>
      <ul className="legend lines-legend">
        {lines.map(({ name: one, label, color }, index) => (
          <li key={one}>
            <svg viewBox="0 0 44 8" aria-hidden="true">
              <line x1="0" x2="44" y1="4" y2="4" stroke={color} strokeWidth="4" strokeDasharray={dashOf(index).join(' ')} />
            </svg>
            {label}
          </li>
        ))}
      </ul>
      <div className="lines">
        <canvas ref={canvas} role="img" aria-label={name} />
      </div>
      <p className="lines-ends quiet note" aria-hidden="true">
        <span>{first}</span>
        <span>{last}</span>
      </p>
    </>
  );
}
