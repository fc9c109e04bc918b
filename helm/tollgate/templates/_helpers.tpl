{{/* Labels of one component. Takes root and name. */}}
{{- define "tollgate.selector" -}}
app.kubernetes.io/name: tollgate
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end -}}

{{- define "tollgate.labels" -}}
{{ include "tollgate.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end -}}

{{/* "true" when the component opens the shared database. Takes component. */}}
{{- define "tollgate.usesDatabase" -}}
{{- $roles := .component.roles -}}
{{- if or (has "publisher" $roles) (has "devportal" $roles) (has "admin" $roles) (has "key-manager" $roles) (has "event-hub" $roles) -}}
true
{{- end -}}
{{- end -}}

{{/*
"true" when the component is told of the shared counters: traffic managers count there, gateways lease strict quotas there,
and the admin role lets policies be strict only where they can. Takes root and component.
*/}}
{{- define "tollgate.knowsCounters" -}}
{{- $roles := .component.roles -}}
{{- if and .root.Values.redis.sharedCounters (or (has "traffic-manager" $roles) (has "gateway" $roles) (has "admin" $roles)) -}}
true
{{- end -}}
{{- end -}}

{{/* "true" when the component asks a control plane in another process for what it holds. Takes component. */}}
{{- define "tollgate.asksControlPlane" -}}
{{- $roles := .component.roles -}}
{{- if and (or (has "gateway" $roles) (has "traffic-manager" $roles)) (not (has "event-hub" $roles)) -}}
true
{{- end -}}
{{- end -}}

{{/* Values that cannot work are refused here, with the cure. Takes root, name and component. */}}
{{- define "tollgate.check" -}}
{{- $v := .root.Values -}}
{{- if eq $v.database.type "embedded" -}}
{{- if or (ne .name "all-in-one") (ne (int .component.replicas) 1) -}}
{{- fail (printf "components.%s: the embedded database serves one process, all-in-one with replicas 1. Set database.type to mariadb or mysql." .name) -}}
{{- end -}}
{{- else -}}
{{- if not $v.secrets.existingSecret -}}
{{- fail "secrets.existingSecret is missing: make a Secret with the keys that values.yaml names, and give its name." -}}
{{- end -}}
{{- if not $v.database.host -}}
{{- fail "database.host is missing." -}}
{{- end -}}
{{- if not $v.brokers -}}
{{- fail "brokers is empty: several processes need RabbitMQ. Name its nodes as tcp://host:5672." -}}
{{- end -}}
{{- end -}}
{{- if include "tollgate.asksControlPlane" . -}}
{{- if not $v.tls.controlPlaneSecret -}}
{{- fail (printf "tls.controlPlaneSecret is missing: %s must be able to verify the control plane." .name) -}}
{{- end -}}
{{- $hub := index $v.components $v.hubComponent -}}
{{- if not (and $hub.enabled (has "event-hub" $hub.roles)) -}}
{{- fail (printf "hubComponent is %s, which is not enabled or has no role event-hub. Name the component that has it." $v.hubComponent) -}}
{{- end -}}
{{- end -}}
{{- if and $v.redis.sharedCounters (not $v.redis.enabled) -}}
{{- fail "redis.sharedCounters needs redis.enabled and redis.host." -}}
{{- end -}}
{{- end -}}
