import '@tollgate/ui/styles.css';
import { startPortal } from '@tollgate/ui';
import {
  IconAdjustments,
  IconApps,
  IconBan,
  IconChecklist,
  IconCode,
  IconCoin,
  IconHistory,
  IconKey,
  IconLogin,
  IconServer,
  IconSettings,
  IconShieldLock,
  IconTopologyStar3,
  IconUsers,
  IconUsersGroup,
} from '@tabler/icons-react';
import { routes } from './routes';
import { scopes } from './scopes';

const people = { group: 'nav.people', scopes: scopes.administer };
const throttling = { group: 'nav.throttling', scopes: scopes.viewPolicies };

void startPortal({
  name: 'admin',
  visitors: false,
  texts: {
    en: () => import('./locales/en.json'),
    'zh-Hans': () => import('./locales/zh-Hans.json'),
    'zh-Hant': () => import('./locales/zh-Hant.json'),
  },
  nav: [
    {
      to: '/dashboard',
      label: 'topology.title',
      icon: IconTopologyStar3,
      group: 'nav.operations',
      scopes: scopes.administer,
    },
    { to: '/tasks', label: 'task.title', icon: IconChecklist, group: 'nav.operations', scopes: scopes.viewTasks },
    { to: '/audit', label: 'audit.title', icon: IconHistory, group: 'nav.operations', scopes: scopes.administer },
    { to: '/throttling/advanced', label: 'advanced.title', icon: IconAdjustments, ...throttling },
    { to: '/throttling/application', label: 'application.title', icon: IconApps, ...throttling },
    { to: '/throttling/subscription', label: 'subscription.title', icon: IconCoin, ...throttling },
    { to: '/throttling/custom', label: 'rule.title', icon: IconCode, ...throttling },
    {
      to: '/throttling/deny-policies',
      label: 'deny.title',
      icon: IconBan,
      group: 'nav.throttling',
      scopes: scopes.viewDenials,
    },
    { to: '/users', label: 'user.title', icon: IconUsers, ...people },
    { to: '/roles', label: 'role.title', icon: IconUsersGroup, ...people },
    {
      to: '/settings/environments',
      label: 'environment.title',
      icon: IconServer,
      group: 'nav.settings',
      scopes: scopes.viewEnvironments,
    },
    {
      to: '/settings/key-managers',
      label: 'keyManager.title',
      icon: IconKey,
      group: 'nav.settings',
      scopes: scopes.manageKeyManagers,
    },
    {
      to: '/settings/identity-providers',
      label: 'identityProvider.title',
      icon: IconLogin,
      group: 'nav.settings',
      scopes: scopes.administer,
    },
    {
      to: '/settings/scope-mapping',
      label: 'scope.title',
      icon: IconShieldLock,
      group: 'nav.settings',
      scopes: scopes.administer,
    },
    {
      to: '/settings/advanced',
      label: 'tenant.title',
      icon: IconSettings,
      group: 'nav.settings',
      scopes: scopes.administer,
    },
  ],
  routes,
});
