/** The page's sign, as in `public/icon.svg`: tokens that become a sound. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect class="token-a" x="2" y="8" width="7" height="7" rx="1.5" />
      <rect class="token-b" x="11" y="8" width="7" height="7" rx="1.5" />
      <rect class="token-c" x="2" y="17" width="7" height="7" rx="1.5" />
      <rect class="token-d" x="11" y="17" width="7" height="7" rx="1.5" />
      <path d="M22.5 6v20M28 11v10" />
    </svg>
  );
}
