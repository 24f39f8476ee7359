/** Where a result lies among the clips. */
export interface Retrieved {
  /** Of the clip that it was made for. */
  own: number;
  /** The nearest clip; its own where others are as near. */
  nearest: number;
  /** To its own clip. */
  ownDistance: number;
  /** To all others, on average. */
  otherDistance: number;
}

/** Finds the clip that is nearest to a result, by its distances to all of them. */
export function retrieve(distances: Float64Array, own: number): Retrieved {
  const ownDistance = distances[own];
  let nearest = own;
  let sum = 0;
  distances.forEach((distance, i) => {
    if (distance < distances[nearest]) nearest = i;
    if (i !== own) sum += distance;
  });
  return { own, nearest, ownDistance, otherDistance: sum / (distances.length - 1) };
}
