import { CloseButton, TextInput } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface SearchBoxProps {
  readonly value: string;
  readonly onSearch: (query: string) => void;
  readonly placeholder?: string;
}

/**
 * Tells every key at once, so that nothing is told any more to a page that its reader has left; what asks the server waits
 * with `useSettled`. `/` goes to the box from anywhere on the page.
 */
export function SearchBox({ value, onSearch, placeholder }: SearchBoxProps): ReactNode {
  const { t } = useTranslation();
  const [text, setText] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  useHotkeys([['/', () => input.current?.focus()]]);
  const told = useRef<string[]>([]);
  // Follows what others change (Back, "show all"), not what comes back of its own while somebody types on.
  useEffect(() => {
    const own = told.current.lastIndexOf(value);
    if (own === -1) setText(value);
    else told.current.splice(0, own + 1);
  }, [value]);
  const change = (next: string): void => {
    setText(next);
    told.current.push(next);
    onSearch(next);
  };
  return (
    <TextInput
      ref={input}
      type="search"
      aria-label={t('common.search')}
      placeholder={placeholder ?? t('common.search')}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        text === '' ? null : <CloseButton size="sm" aria-label={t('common.clearSearch')} onClick={() => change('')} />
      }
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
      w={{ base: '100%', sm: 320 }}
    />
  );
}
