import { LivePage } from '#workloads/web/components/live-page.tsx';
import { showPage } from '#workloads/web/components/page.tsx';

showPage(<LivePage name={new URLSearchParams(location.search).get('dimension')} />);
