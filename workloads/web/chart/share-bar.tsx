import type { Slice } from '#workloads/web/figures/slices.ts';
import './share-bar.css';

/** Shares as one bar. The figures must stand beside it as text. */
export function ShareBar({ slices, name }: { readonly slices: readonly Slice[]; readonly name: string }) {
  return (
    <div className="share-bar" role="img" aria-label={name}>
      {slices.map((slice) => (
        <span key={slice.name} style={{ flexGrow: slice.ratio, backgroundColor: slice.color }} hidden={slice.count === 0} />
      ))}
    </div>
  );
}
