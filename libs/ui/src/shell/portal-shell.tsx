import { Anchor, AppShell, Burger, Group, NavLink, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { Icon } from '@tabler/icons-react';
import { Fragment, useEffect, type ReactNode } from 'react';
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
  /** Translation key of the heading that this entry and its neighbours of the same group stand below. */
  readonly group?: string;
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
      <AppShell.Navbar p="xs" component="nav" aria-label={t(title)} style={{ overflowY: 'auto' }}>
        {shown.map(({ to, label, icon: Picture, group }, index) => {
          const isHere = pathname === to || pathname.startsWith(`${to}/`);
          return (
            <Fragment key={to}>
              {group !== undefined && group !== shown[index - 1]?.group && (
                <Text size="xs" fw={600} c="dimmed" px="sm" pt="sm" pb={4}>
                  {t(group)}
                </Text>
              )}
              <NavLink
                component={Link}
                to={to}
                className="tg-nav-link"
                label={t(label)}
                leftSection={<Picture size={18} stroke={1.75} aria-hidden />}
                active={isHere}
                aria-current={isHere ? 'page' : undefined}
              />
            </Fragment>
          );
        })}
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}
