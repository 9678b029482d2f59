// Opens a file in the real editor, edits it as a person would, and answers what it writes.
async ({ xml, edits }) => {
  const place = document.createElement('div');
  place.style.cssText = 'width:1200px;height:800px';
  document.body.replaceChildren(place);
  const modeler = new BpmnJS({ container: place });
  await modeler.importXML(xml);
  const before = (await modeler.saveXML({ format: true })).xml;
  const modeling = modeler.get('modeling');
  const nodes = modeler.get('elementRegistry').filter(
    (it) => it.businessObject?.$instanceOf?.('bpmn:FlowNode') && !it.labelTarget,
  );
  const first = (pattern) => nodes.find((it) => pattern.test(it.type));
  const actions = {
    name: (it) => modeling.updateLabel(it, 'New & <name>'),
    move: (it) => modeling.moveShape(it, { x: 30, y: 20 }),
    append: (it) => modeling.appendShape(it, { type: 'bpmn:UserTask' }, { x: it.x + 250, y: it.y + 40 }),
    rename: (it) => modeling.updateProperties(it, { id: 'renamed' }),
    replace: (it) => modeler.get('bpmnReplace').replaceElement(it, { type: 'bpmn:ServiceTask' }),
    remove: (it) => modeling.removeElements([it]),
    toggle: (it) => modeling.toggleCollapse(it),
  };
  for (const [action, pattern] of edits) {
    const found = first(new RegExp(pattern));
    if (found && found.parent) actions[action](found);
  }
  const after = (await modeler.saveXML({ format: true })).xml;
  modeler.destroy();
  return { before, after };
};
