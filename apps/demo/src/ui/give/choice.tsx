export interface ChoiceProps<T extends string | number | undefined> {
  legend: string;
  /** Of the radio buttons; unlike any other on the page. */
  name: string;
  options: readonly { value: T; text: string }[];
  value: T;
  onChoose(value: T): void;
  help?: string;
}

/** One of a few. */
export function Choice<T extends string | number | undefined>({
  legend,
  name,
  options,
  value,
  onChoose,
  help,
}: ChoiceProps<T>) {
  return (
    <fieldset class="choice" data-testid={name}>
      <legend>{legend}</legend>
      <div class="chips">
        {options.map((option) => (
          <label key={option.text}>
            <input
              type="radio"
              name={name}
              value={String(option.value)}
              checked={option.value === value}
              onChange={() => onChoose(option.value)}
            />
            <span>{option.text}</span>
          </label>
        ))}
      </div>
      {help && <p class="help">{help}</p>}
    </fieldset>
  );
}
