import { portalConfig } from '@tollgate/ui/vite';

export default portalConfig('/admin/');
