import { showPage } from '#workloads/web/components/page.tsx';
import { SnackPage } from '#workloads/web/components/snack-page.tsx';

showPage(<SnackPage />);
