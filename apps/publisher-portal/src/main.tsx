import '@tollgate/ui/styles.css';
import { startPortal } from '@tollgate/ui';
import { IconApi } from '@tabler/icons-react';
import { routes } from './routes';

void startPortal({
  name: 'publisher',
  visitors: false,
  texts: {
    en: () => import('./locales/en.json'),
    'zh-Hans': () => import('./locales/zh-Hans.json'),
    'zh-Hant': () => import('./locales/zh-Hant.json'),
  },
  nav: [{ to: '/apis', label: 'apis.title', icon: IconApi }],
  routes,
});
