import { ConfigurationError } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import { withSettings } from './with-settings.js';

describe('withSettings', () => {
  it('replaces and adds, and leaves what it was given', () => {
    const settings = { masking: { drop: 'any' }, training: { steps: 10, betas: [0.9, 0.95] } };
    const pairs = ['masking.drop=masked', 'masking.ratio.mean=0.7', 'training.betas=[0.5,0.9]'];
    expect(withSettings(settings, pairs)).toEqual({
      masking: { drop: 'masked', ratio: { mean: 0.7 } },
      training: { steps: 10, betas: [0.5, 0.9] },
    });
    expect(settings.masking).toEqual({ drop: 'any' });
  });

  it.each(['training.steps', '=3', 'name.deeper=1', '__proto__.polluted=1'])('refuses %s', (pair) => {
    expect(() => withSettings({ name: 'digits' }, [pair])).toThrow(ConfigurationError);
    expect({}).not.toHaveProperty('polluted');
  });
});
