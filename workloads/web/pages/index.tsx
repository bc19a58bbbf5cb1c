import { showPage } from '#workloads/web/components/page.tsx';
import { PageList } from '#workloads/web/components/page-list.tsx';

showPage(<PageList />);
