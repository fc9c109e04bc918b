import { UnstyledButton } from '@mantine/core';
import { useId, useRef, type ReactNode } from 'react';

export interface PopMenuItem {
  readonly key: string;
  readonly label: ReactNode;
  readonly lang?: string;
  readonly isChosen?: boolean;
  readonly onChoose: () => void;
}

interface PopMenuProps {
  /** Makes the button that opens the menu. */
  readonly button: (props: { readonly popoverTarget: string }) => ReactNode;
  readonly items: readonly PopMenuItem[];
}

/** A menu at the right end of the header, opened and closed by the browser itself (HTML popover). */
export function PopMenu({ button, items }: PopMenuProps): ReactNode {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  return (
    <>
      {button({ popoverTarget: id })}
      <div ref={list} id={id} popover="auto" className="tg-pop">
        {items.map(({ key, label, lang, isChosen, onChoose }) => (
          <UnstyledButton
            key={key}
            lang={lang}
            className="tg-pop-item"
            aria-pressed={isChosen}
            onClick={() => {
              list.current?.hidePopover();
              onChoose();
            }}
          >
            {label}
          </UnstyledButton>
        ))}
      </div>
    </>
  );
}
