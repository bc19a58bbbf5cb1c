import { ArcElement, Chart, DoughnutController } from 'chart.js';
import { useEffect, useRef } from 'react';
import type { Slice } from '#workloads/web/figures/slices.ts';
import './pie.css';

Chart.register(DoughnutController, ArcElement);

/** Seen on light and dark alike: the ring where there is nothing to divide. */
const EMPTY_COLOR = 'rgb(128 128 128 / 0.2)';
const MOVE_MS = 500;

interface PieProps {
  readonly slices: readonly Slice[];
  /** What the pie shows, in words with its figures. */
  readonly name: string;
  /** A thin ring leaves room for figures in its middle. */
  readonly ring: 'thin' | 'thick';
  /** Whether a change of figures is shown as a movement, unless the person has asked for less of that. */
  readonly moves: boolean;
}

/** A pie with a hole. The figures must stand beside it as text. */
export function Pie({ slices, name, ring, moves }: PieProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const chart = useRef<Chart<'doughnut'>>(undefined);

  useEffect(() => {
    if (!canvas.current) return;
    const drawn = new Chart(canvas.current, {
      type: 'doughnut',
      data: { datasets: [{ data: [] }] },
      options: { cutout: ring === 'thin' ? '80%' : '62%', aspectRatio: 1, events: [], animation: { duration: MOVE_MS } },
    });
    chart.current = drawn;
    return () => drawn.destroy();
  }, [ring]);

  useEffect(() => {
    const dataset = chart.current?.data.datasets[0];
    if (!dataset) return;
    const filled = slices.filter((slice) => slice.count > 0);
    const counts = filled.length === 0 ? [1] : slices.map((slice) => slice.count);
    const colors = filled.length === 0 ? [EMPTY_COLOR] : slices.map((slice) => slice.color);
    if (String(counts) === String(dataset.data) && String(colors) === String(dataset.backgroundColor)) return;
    dataset.data = counts;
    dataset.backgroundColor = colors;
    dataset.borderWidth = 0;
    // A gap tells neighbours apart without their colours; a full ring has no neighbours.
    dataset.spacing = filled.length > 1 ? 2 : 0;
    const still = !moves || matchMedia('(prefers-reduced-motion: reduce)').matches;
    chart.current?.update(still ? 'none' : undefined);
  }, [slices, moves]);

  return (
    <div className="pie">
      <canvas ref={canvas} role="img" aria-label={name} />
    </div>
  );
}
