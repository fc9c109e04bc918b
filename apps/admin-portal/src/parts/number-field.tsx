import { NumberInput } from '@mantine/core';
import type { ReactNode } from 'react';

interface NumberFieldProps {
  readonly label: string;
  readonly description?: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
  readonly min?: number;
  readonly max?: number;
  readonly error?: string | undefined;
  readonly disabled?: boolean;
}

/** A whole number; an empty field is the least value. */
export function NumberField({ onChange, min = 1, ...rest }: NumberFieldProps): ReactNode {
  return (
    <NumberInput
      {...rest}
      min={min}
      allowDecimal={false}
      allowNegative={false}
      hideControls
      thousandSeparator=","
      onChange={(value) => onChange(typeof value === 'number' ? value : Number(value) || min)}
    />
  );
}
