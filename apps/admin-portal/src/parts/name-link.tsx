import { Anchor } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';

/** The name in a row of a list, which leads to its page. */
export function NameLink({ to, children }: { readonly to: string; readonly children: string }): ReactNode {
  return (
    <Anchor component={Link} to={to} fw={600}>
      {children}
    </Anchor>
  );
}
