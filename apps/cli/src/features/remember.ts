/** `ask`, that answers the same list only once, for as long as the list is in use elsewhere. */
export function remember<List extends object, Answer>(
  ask: (list: List) => Promise<Answer>,
): (list: List) => Promise<Answer> {
  const answers = new WeakMap<List, Promise<Answer>>();
  return (list) => {
    const known = answers.get(list);
    if (known) return known;
    const answer = ask(list);
    answers.set(list, answer);
    return answer;
  };
}
