import { createContext, useContext } from 'react';
import type { Place } from './flows';

/** What is being dragged: a policy of the catalogue, or one that stands somewhere. */
export interface Dragged {
  readonly policyName: string;
  readonly from: Place | null;
}

interface DragState {
  readonly dragged: Dragged | null;
  readonly setDragged: (dragged: Dragged | null) => void;
}

export const DragContext = createContext<DragState>({ dragged: null, setDragged: () => undefined });

/** What an element needs to be dragged by mouse; everything that dragging does has a button too. */
export function useDragSource(what: Dragged, isDisabled: boolean) {
  const { setDragged } = useContext(DragContext);
  if (isDisabled) return {};
  return {
    draggable: true,
    onDragStart: (event: React.DragEvent): void => {
      event.dataTransfer.effectAllowed = 'copyMove';
      event.dataTransfer.setData('text/plain', what.policyName);
      setDragged(what);
    },
    onDragEnd: (): void => setDragged(null),
  };
}
