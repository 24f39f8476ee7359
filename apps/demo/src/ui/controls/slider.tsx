export interface SliderProps {
  label: string;
  help: string;
  min: number;
  max: number;
  step: number;
  value: number;
  testId: string;
  onChange(value: number): void;
}

/** A number, with a line on what it does. */
export function Slider({ label, help, min, max, step, value, testId, onChange }: SliderProps) {
  const id = `control-${testId}`;
  return (
    <div class="control">
      <label for={id}>{label}</label>
      <output for={id}>{value}</output>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        aria-describedby={`${id}-help`}
        data-testid={testId}
        style={{ '--share': `${(100 * (value - min)) / (max - min)}%` }}
        onInput={({ currentTarget }) => onChange(Number(currentTarget.value))}
      />
      <p class="help" id={`${id}-help`}>
        {help}
      </p>
    </div>
  );
}
