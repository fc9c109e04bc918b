import { Anchor, AppShell, Burger, Group, NavLink, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { Icon } from '@tabler/icons-react';
import { useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Outlet, useLocation } from 'react-router';
import { useSession } from '../session/session';
import { ColourMenu, LanguageMenu, UserMenu } from './header-menus';

export interface NavEntry {
  /** Below the portal's base: `/apis`. */
  readonly to: string;
  /** Translation key. */
  readonly label: string;
  readonly icon: Icon;
  /** Shown only to those who have one of these; left out: to everybody. */
  readonly scopes?: readonly string[];
}

interface PortalShellProps {
  /** Translation key of the portal's name. */
  readonly title: string;
  readonly nav: readonly NavEntry[];
}

/** Header, navigation and the one main region of every page. */
export function PortalShell({ title, nav }: PortalShellProps): ReactNode {
  const { t } = useTranslation();
  const [opened, { toggle, close }] = useDisclosure();
  const { pathname } = useLocation();
  const { can } = useSession();
  useEffect(close, [pathname, close]);
  const shown = nav.filter(({ scopes }) => scopes === undefined || can(...scopes));
  return (
    <AppShell
      header={{ height: 48 }}
      navbar={{ width: 240, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding="lg"
    >
      <a href="#main" className="tg-skip">
        {t('common.skip')}
      </a>
      <AppShell.Header px="md">
        <Group h="100%" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t('common.menu')} />
            <Anchor component={Link} to="/" underline="never" c="inherit">
              <Text fw={600} component="span">
                Tollgate
              </Text>{' '}
              <Text c="dimmed" component="span" visibleFrom="xs">
                {t(title)}
              </Text>
            </Anchor>
          </Group>
          <Group gap={4} wrap="nowrap">
            <LanguageMenu />
            <ColourMenu />
            <UserMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" component="nav" aria-label={t(title)}>
        {shown.map(({ to, label, icon: Picture }) => {
          const isHere = pathname === to || pathname.startsWith(`${to}/`);
          return (
            <NavLink
              key={to}
              component={Link}
              to={to}
              className="tg-nav-link"
              label={t(label)}
              leftSection={<Picture size={18} stroke={1.75} aria-hidden />}
              active={isHere}
              aria-current={isHere ? 'page' : undefined}
            />
          );
        })}
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}
