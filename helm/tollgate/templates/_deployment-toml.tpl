{{/*
deployment.toml of one process. Takes root, name, component, and ordinal: number n uses broker n as its own and the others
as its peers'. Secrets stay references to the environment.
*/}}
{{- define "tollgate.toml" -}}
{{- $v := .root.Values -}}
{{- $roles := .component.roles -}}
[server]
hostname = {{ $v.public.hostname | quote }}
{{- if include "tollgate.usesDatabase" . }}
{{ include "tollgate.toml.database" . }}
{{- end }}
{{- if and $v.brokers (or (has "event-hub" $roles) (has "traffic-manager" $roles) (has "gateway" $roles)) }}
{{ include "tollgate.toml.hub" . }}
{{- end }}
{{- if include "tollgate.knowsCounters" . }}

[apim.distributed_throttling]
enable = true
type = "redis"

[apim.distributed_throttling.keyvalue_store]
host = {{ $v.redis.host | quote }}
port = {{ int $v.redis.port }}
ssl = {{ $v.redis.ssl }}
password = "$env{REDIS_PASSWORD}"
{{- end }}
{{- if has "gateway" $roles }}

[apim.sync_runtime_artifacts.gateway]
gateway_labels = [{{ $v.gatewayEnvironment | quote }}]
{{- if $v.tls.gatewaySecret }}

[tollgate.gateway]
tls_cert_file = "/etc/tollgate-tls/gateway/tls.crt"
tls_key_file = "/etc/tollgate-tls/gateway/tls.key"
{{- end }}
{{- end }}
{{- if $v.allowPrivateNetworks }}

[tollgate.network]
allow_private = {{ toJson $v.allowPrivateNetworks }}
{{- end }}
{{- end -}}

{{/* What the processes on the shared database need. */}}
{{- define "tollgate.toml.database" -}}
{{- $v := .root.Values }}
[super_admin]
username = {{ $v.admin.username | quote }}
{{- if $v.secrets.existingSecret }}
password = "$env{ADMIN_PASSWORD}"
{{- end }}

[database.apim_db]
{{- if eq $v.database.type "embedded" }}
type = "sqlite"
{{- else }}
type = {{ $v.database.type | quote }}
hostname = {{ $v.database.host | quote }}
port = {{ int $v.database.port }}
name = {{ $v.database.name | quote }}
username = {{ $v.database.username | quote }}
password = "$env{DATABASE_PASSWORD}"
pool_size = {{ int $v.database.poolSize }}
{{- end }}
{{- if $v.secrets.existingSecret }}

[tollgate.encryption]
key = "$env{ENCRYPTION_KEY}"
{{- end }}
{{- if $v.tls.controlPlaneSecret }}

[tollgate.management]
tls_cert_file = "/etc/tollgate-tls/control-plane/tls.crt"
tls_key_file = "/etc/tollgate-tls/control-plane/tls.key"
{{- end }}

[apim.key_manager]
service_url = {{ $v.public.keyManagerUrl | quote }}

[[apim.gateway.environment]]
name = {{ $v.gatewayEnvironment | quote }}
type = "hybrid"
http_endpoint = {{ $v.public.gatewayHttpUrl | quote }}
https_endpoint = {{ $v.public.gatewayHttpsUrl | quote }}
ws_endpoint = {{ $v.public.gatewayWsUrl | quote }}
wss_endpoint = {{ $v.public.gatewayWssUrl | quote }}
{{- if $v.redis.enabled }}

[apim.redis_config]
host = {{ $v.redis.host | quote }}
port = {{ int $v.redis.port }}
ssl = {{ $v.redis.ssl }}
password = "$env{REDIS_PASSWORD}"
{{- end }}
{{- end -}}

{{/* Who reads from and writes to which broker. */}}
{{- define "tollgate.toml.hub" -}}
{{- $v := .root.Values -}}
{{- $roles := .component.roles -}}
{{- $own := index $v.brokers (mod .ordinal (len $v.brokers)) -}}
{{- $peers := without $v.brokers $own }}
[apim.event_hub]
enable = true
username = {{ $v.hubUsername | quote }}
password = "$env{HUB_PASSWORD}"
{{- if has "event-hub" $roles }}
event_listening_endpoints = {{ toJson (list $own) }}
event_duplicate_url = {{ toJson $peers }}
{{- else }}
service_url = "https://{{ .root.Release.Name }}-{{ $v.hubComponent }}:9443/services/"
event_listening_endpoints = {{ toJson $v.brokers }}

[tollgate.event_hub]
control_plane_ca_file = "/etc/tollgate-tls/control-plane/ca.crt"
{{- end }}
{{- if has "traffic-manager" $roles }}

[apim.throttling]
throttle_decision_endpoints = {{ toJson (list $own) }}
event_duplicate_url = {{ toJson $peers }}
{{- if has "gateway" $roles }}

[[apim.throttling.url_group]]
traffic_manager_urls = {{ toJson (list $own) }}
{{- end }}
{{- else if has "gateway" $roles }}

[apim.throttling]
throttle_decision_endpoints = {{ toJson $v.brokers }}

[[apim.throttling.url_group]]
traffic_manager_urls = {{ toJson $v.brokers }}
type = "loadbalance"
{{- end }}
{{- end -}}

{{/* The data of a component's ConfigMap: one file for each stable process, one for all others. */}}
{{- define "tollgate.files" -}}
{{- if .component.stable -}}
{{- range $ordinal := until (int .component.replicas) }}
{{ $.root.Release.Name }}-{{ $.name }}-{{ $ordinal }}.toml: |
  {{- include "tollgate.toml" (dict "root" $.root "name" $.name "component" $.component "ordinal" $ordinal) | nindent 2 }}
{{- end }}
{{- else }}
deployment.toml: |
  {{- include "tollgate.toml" (dict "root" .root "name" .name "component" .component "ordinal" 0) | nindent 2 }}
{{- end }}
{{- end -}}
