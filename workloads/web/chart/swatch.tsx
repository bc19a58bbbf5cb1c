import './swatch.css';

/** The mark that ties a name to its colour in the charts. */
export function Swatch({ color }: { readonly color: string }) {
  return <span className="swatch" style={{ backgroundColor: color }} />;
}
