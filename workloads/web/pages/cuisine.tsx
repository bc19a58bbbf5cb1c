import { DimensionPage } from '#workloads/web/components/dimension-page.tsx';
import { showPage } from '#workloads/web/components/page.tsx';

showPage(<DimensionPage name="cuisine" />);
