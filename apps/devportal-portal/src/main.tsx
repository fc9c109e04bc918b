import '@tollgate/ui/styles.css';
import { startPortal } from '@tollgate/ui';
import { IconApi, IconApps, IconUserCircle } from '@tabler/icons-react';
import { routes } from './routes';

void startPortal({
  name: 'devportal',
  visitors: true,
  texts: {
    en: () => import('./locales/en.json'),
    'zh-Hans': () => import('./locales/zh-Hans.json'),
    'zh-Hant': () => import('./locales/zh-Hant.json'),
  },
  nav: [
    { to: '/apis', label: 'apis.title', icon: IconApi },
    {
      to: '/applications',
      label: 'applications.title',
      icon: IconApps,
      scopes: ['apim:subscribe', 'apim:app_manage'],
    },
    { to: '/profile', label: 'profile.title', icon: IconUserCircle, scopes: ['apim:subscribe'] },
  ],
  routes,
});
