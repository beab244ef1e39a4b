// slamon for those who use monitoring mixins: the checked-in rules and dashboards, with what is usually changed.
{
  _config+:: {
    // Where the runbooks and Grafana are.
    runbooks: 'https://slamon.example.org/docs/runbooks',
    dashboards: 'https://grafana.example.org',
    // Other words for our severities.
    severities: { page: 'page', ticket: 'ticket', none: 'none' },
    // Labels that every alert gets.
    labels: {},
  },

  local config = self._config,
  local groups(text) = std.parseYaml(text).groups,

  local fitted(rule) =
    if std.objectHas(rule, 'alert') then rule {
      labels+: { severity: config.severities[rule.labels.severity] } + config.labels,
      annotations+: {
        runbook_url: std.strReplace(rule.annotations.runbook_url, 'https://slamon.example.org/docs/runbooks', config.runbooks),
        dashboard_url: std.strReplace(rule.annotations.dashboard_url, 'https://grafana.example.org', config.dashboards),
      },
    } else rule,

  local of(texts) = {
    groups+: [group { rules: [fitted(rule) for rule in group.rules] } for text in texts for group in groups(text)],
  },

  prometheusAlerts+:: of([
    importstr 'rules/slamon-services.yml',
    importstr 'rules/slamon-agreements.yml',
    importstr 'rules/slamon-desk.yml',
    importstr 'rules/slamon-self.yml',
  ]),

  prometheusRules+:: of([importstr 'rules/slamon-recording.yml']),

  grafanaDashboards+:: {
    'slamon-overview.json': import '../grafana/dashboards/slamon-overview.json',
    'slamon-service.json': import '../grafana/dashboards/slamon-service.json',
    'slamon-agreement.json': import '../grafana/dashboards/slamon-agreement.json',
    'slamon-customer.json': import '../grafana/dashboards/slamon-customer.json',
    'slamon-fleet.json': import '../grafana/dashboards/slamon-fleet.json',
  },
}
