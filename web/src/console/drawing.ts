/** Drawing with terra-draw on a MapLibre map: one ring at a time, or moving the corners of rings that are there. */
import type { Map as MapLibre } from "maplibre-gl";
import { TerraDraw, TerraDrawPolygonMode, TerraDrawSelectMode } from "terra-draw";
import { TerraDrawMapLibreGLAdapter } from "terra-draw-maplibre-gl-adapter";

import { bandColour } from "./map-colours.js";
import type { Ring, RingPlace } from "./rings.js";

const MODE = "polygon";

export interface Drawing {
  /** Take what is drawn off the map. */
  stop: () => void;
}

interface Look {
  rank: number;
  dark: boolean;
}

/** Draw a new ring. `drawn` is told it once, closed; `stop` is left to the caller. */
export function drawRing(map: MapLibre, look: Look, drawn: (ring: Ring) => void): Drawing {
  const draw = begin(map, look);
  draw.setMode(MODE);
  draw.on("finish", (id) => {
    const feature = draw.getSnapshotFeature(id);
    if (feature?.geometry.type === "Polygon") drawn(feature.geometry.coordinates[0] as Ring);
  });
  return { stop: () => draw.stop() };
}

/** Drag corners and the middles of edges; Delete or a right click takes a corner away. `reshaped` is told each ring as it changes. */
export function editRings(
  map: MapLibre,
  look: Look,
  rings: readonly { place: RingPlace; ring: Ring }[],
  reshaped: (place: RingPlace, ring: Ring) => void,
): Drawing {
  const draw = begin(map, look);
  const places = new Map<string | number, RingPlace>();
  const features = rings.filter(({ ring }) => ring.length >= 4).map(({ place, ring }) => {
    const id = draw.getFeatureId();
    places.set(id, place);
    return { id, type: "Feature" as const, geometry: { type: "Polygon" as const, coordinates: [ring] }, properties: { mode: MODE } };
  });
  draw.addFeatures(features);
  draw.setMode("select");
  draw.on("change", (ids, type) => {
    if (type !== "update") return;
    for (const id of ids) {
      const place = places.get(id);
      const feature = place && draw.getSnapshotFeature(id);
      if (feature?.geometry.type === "Polygon") reshaped(place as RingPlace, feature.geometry.coordinates[0] as Ring);
    }
  });
  const first = features[0];
  if (first) draw.selectFeature(first.id);
  return { stop: () => draw.stop() };
}

function begin(map: MapLibre, { rank, dark }: Look): TerraDraw {
  const colour = bandColour(rank, dark);
  const rim = dark ? "#14191b" : "#ffffff";
  const corner = { selectionPointColor: colour, selectionPointOutlineColor: rim, selectionPointWidth: 7, selectionPointOutlineWidth: 2 } as const;
  const middle = { midPointColor: rim, midPointOutlineColor: colour, midPointWidth: 5, midPointOutlineWidth: 2 } as const;
  const border = { selectedPolygonColor: colour, selectedPolygonFillOpacity: 0.08, selectedPolygonOutlineColor: colour, selectedPolygonOutlineWidth: 3 } as const;
  const draw = new TerraDraw({
    adapter: new TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: 7 }),
    modes: [
      new TerraDrawPolygonMode({
        pointerDistance: 24,
        styles: { fillColor: colour, fillOpacity: 0.12, outlineColor: colour, outlineWidth: 3, closingPointColor: colour, closingPointOutlineColor: rim, closingPointWidth: 7, closingPointOutlineWidth: 2 },
      }),
      new TerraDrawSelectMode({
        pointerDistance: 24,
        flags: { [MODE]: { feature: { draggable: false, selfIntersectable: true, coordinates: { draggable: true, deletable: true, midpoints: { draggable: true } } } } },
        styles: { ...border, ...corner, ...middle },
      }),
    ],
  });
  draw.start();
  return draw;
}
