import { NavLink, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'react-router';
import classes from './sections.module.css';

export interface SectionGroup {
  /** Translation key of the heading above the group; left out: none. */
  readonly heading?: string;
  readonly pages: readonly {
    /** Last part of the address: `overview`. */
    readonly page: string;
    /** Translation key. */
    readonly label: string;
  }[];
}

interface SectionsProps {
  /** Names the navigation for screen readers. */
  readonly label: string;
  /** Address of the thing, below the portal's base: `/apis/1`. */
  readonly base: string;
  readonly groups: readonly SectionGroup[];
  readonly children: ReactNode;
}

/** The pages about one thing, beside each other: their names at the left, above on a phone. */
export function Sections({ label, base, groups, children }: SectionsProps): ReactNode {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  return (
    <div className={classes['columns']}>
      <nav aria-label={label} className={classes['nav']}>
        {groups.map(({ heading, pages }) => (
          <div key={pages[0]?.page}>
            {heading !== undefined && (
              <Text size="xs" fw={600} c="dimmed" px="sm" pt="xs">
                {t(heading)}
              </Text>
            )}
            {pages.map(({ page, label: name }) => {
              const isHere = pathname === `${base}/${page}`;
              return (
                <NavLink
                  key={page}
                  component={Link}
                  to={`${base}/${page}`}
                  label={t(name)}
                  active={isHere}
                  aria-current={isHere ? 'page' : undefined}
                />
              );
            })}
          </div>
        ))}
      </nav>
      <div className={classes['content']}>{children}</div>
    </div>
  );
}
