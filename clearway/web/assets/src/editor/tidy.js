// Lays the drawing out anew, as one command: positions come from the server.

class TidyHandler {
  static $inject = ["moddle"];

  constructor(moddle) {
    this._moddle = moddle;
  }

  execute(context) {
    context.before = context.places.map(({ element }) => read(element));
    for (const place of context.places) this._put(place.element, place);
    return context.places.map(({ element }) => element);
  }

  revert(context) {
    context.places.forEach(({ element }, at) => this._put(element, context.before[at]));
    return context.places.map(({ element }) => element);
  }

  _put(element, place) {
    if (place.points) {
      element.waypoints = place.points.map((point) => ({ ...point }));
      element.di.waypoint = place.points.map(({ x, y }) => this._moddle.create("dc:Point", { x, y }));
      return;
    }
    Object.assign(element, place.bounds);
    const bounds = element.labelTarget ? element.di.label?.bounds : element.di.bounds;
    if (bounds) Object.assign(bounds, place.bounds);
  }
}

function read(element) {
  if (element.waypoints) return { points: element.waypoints.map(({ x, y }) => ({ x, y })) };
  const { x, y, width, height } = element;
  return { bounds: { x, y, width, height } };
}

class Tidy {
  static $inject = ["commandStack", "elementRegistry", "moddle"];

  constructor(commandStack, elementRegistry, moddle) {
    Object.assign(this, { commandStack, elementRegistry, moddle });
    commandStack.registerHandler("clearway.tidy", TidyHandler);
  }

  /** Puts everything where it lies in `xml`; answers how many elements that are. */
  async apply(xml) {
    const { rootElement } = await this.moddle.fromXML(xml);
    const places = [];
    for (const diagram of rootElement.diagrams ?? []) {
      for (const di of diagram.plane?.planeElement ?? []) places.push(...this._places(di));
    }
    const moved = places.filter(({ element, ...place }) => JSON.stringify(read(element)) !== JSON.stringify(place));
    if (moved.length > 0) this.commandStack.execute("clearway.tidy", { places: moved });
    return moved.length;
  }

  _places(di) {
    const id = di.bpmnElement?.id;
    const element = this.elementRegistry.get(id);
    if (!element) return [];
    const found = [];
    if (di.waypoint && element.waypoints) found.push({ element, points: di.waypoint.map(({ x, y }) => ({ x, y })) });
    else if (di.bounds && !element.waypoints) found.push({ element, bounds: plain(di.bounds) });
    const label = this.elementRegistry.get(`${id}_label`);
    if (label && found.length > 0) found.push({ element: label, bounds: di.label?.bounds ? plain(di.label.bounds) : along(label, element, found[0]) });
    return found;
  }
}

// A label without a place of its own keeps its place beside its shape, or the middle of its flow.
function along(label, element, { bounds, points }) {
  const { width, height } = label;
  if (bounds) return { x: label.x + bounds.x - element.x, y: label.y + bounds.y - element.y, width, height };
  const at = Math.floor((points.length - 1) / 2);
  const middle = { x: (points[at].x + points[at + 1].x) / 2, y: (points[at].y + points[at + 1].y) / 2 };
  return { x: middle.x - width / 2, y: middle.y - height - 4, width, height };
}

function plain({ x, y, width, height }) {
  return { x, y, width, height };
}

export const tidyModule = { __init__: ["tidy"], tidy: ["type", Tidy] };
