{{/* Pod of one component. Takes root, name and component. */}}
{{- define "tollgate.pod" -}}
{{- $v := .root.Values -}}
{{- $servesTraffic := has "gateway" .component.roles -}}
# Kubernetes would add variables such as TOLLGATE_GATEWAY_SERVICE_HOST, which are no configuration keys and are refused.
enableServiceLinks: false
automountServiceAccountToken: false
terminationGracePeriodSeconds: 30
{{- if $v.image.pullSecrets }}
imagePullSecrets:
  {{- range $secret := $v.image.pullSecrets }}
  - name: {{ $secret }}
  {{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "tollgate.selector" . | nindent 8 }}
containers:
  - name: tollgate
    image: {{ printf "%s/%s:%s" $v.image.registry .component.app $v.image.tag | quote }}
    imagePullPolicy: {{ $v.image.pullPolicy }}
    args:
      - --config
      - {{ if .component.stable }}/etc/tollgate/$(TOLLGATE_NODE_ID).toml{{ else }}/etc/tollgate/deployment.toml{{ end }}
      - --roles
      - {{ join "," .component.roles }}
    env:
      - name: TOLLGATE_NODE_ID
        valueFrom:
          fieldRef:
            fieldPath: metadata.name
      - name: TOLLGATE_DATA_DIR
        value: /var/lib/tollgate
      {{- if $v.secrets.existingSecret }}
      {{- if include "tollgate.usesDatabase" . }}
      {{- include "tollgate.secret" (dict "root" .root "variable" "ADMIN_PASSWORD" "key" "admin-password") | nindent 6 }}
      {{- include "tollgate.secret" (dict "root" .root "variable" "ENCRYPTION_KEY" "key" "encryption-key") | nindent 6 }}
      {{- if ne $v.database.type "embedded" }}
      {{- include "tollgate.secret" (dict "root" .root "variable" "DATABASE_PASSWORD" "key" "database-password") | nindent 6 }}
      {{- end }}
      {{- end }}
      {{- if $v.brokers }}
      {{- include "tollgate.secret" (dict "root" .root "variable" "HUB_PASSWORD" "key" "hub-password") | nindent 6 }}
      {{- end }}
      {{- if and $v.redis.enabled (or (include "tollgate.usesDatabase" .) (include "tollgate.knowsCounters" .)) }}
      {{- include "tollgate.secret" (dict "root" .root "variable" "REDIS_PASSWORD" "key" "redis-password") | nindent 6 }}
      {{- end }}
      {{- end }}
      {{- range $variable, $value := $v.env }}
      - name: {{ $variable }}
        value: {{ $value | quote }}
      {{- end }}
    ports:
      - name: management
        containerPort: 9443
      {{- if $servesTraffic }}
      - name: http
        containerPort: 8280
      - name: https
        containerPort: 8243
      - name: ws
        containerPort: 9099
      - name: wss
        containerPort: 8099
      {{- end }}
    # The first start makes the tables; later ones take seconds.
    startupProbe:
      httpGet: { path: /healthz, port: management, scheme: HTTPS }
      periodSeconds: 2
      failureThreshold: 90
    livenessProbe:
      httpGet: { path: /healthz, port: management, scheme: HTTPS }
      periodSeconds: 10
      timeoutSeconds: 5
      failureThreshold: 6
    readinessProbe:
      httpGet: { path: /readyz, port: management, scheme: HTTPS }
      periodSeconds: 3
      timeoutSeconds: 3
      failureThreshold: 2
    lifecycle:
      # Load balancers need a moment to leave before the listeners close.
      preStop:
        exec:
          command: [node, -e, 'setTimeout(() => {}, 5000)']
    resources:
      {{- toYaml .component.resources | nindent 6 }}
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities:
        drop: [ALL]
    volumeMounts:
      - name: config
        mountPath: /etc/tollgate
        readOnly: true
      - name: data
        mountPath: /var/lib/tollgate
      - name: tmp
        mountPath: /tmp
      {{- if $v.tls.controlPlaneSecret }}
      - name: control-plane-tls
        mountPath: /etc/tollgate-tls/control-plane
        readOnly: true
      {{- end }}
      {{- if and $servesTraffic $v.tls.gatewaySecret }}
      - name: gateway-tls
        mountPath: /etc/tollgate-tls/gateway
        readOnly: true
      {{- end }}
volumes:
  - name: config
    configMap:
      name: {{ .root.Release.Name }}-{{ .name }}
  - name: tmp
    emptyDir: {}
  {{- if not .component.stable }}
  - name: data
    emptyDir: {}
  {{- end }}
  {{- if $v.tls.controlPlaneSecret }}
  - name: control-plane-tls
    secret:
      secretName: {{ $v.tls.controlPlaneSecret }}
      {{- if not (include "tollgate.usesDatabase" .) }}
      # To verify the control plane; its key stays with it.
      items:
        - key: ca.crt
          path: ca.crt
      {{- end }}
  {{- end }}
  {{- if and $servesTraffic $v.tls.gatewaySecret }}
  - name: gateway-tls
    secret:
      secretName: {{ $v.tls.gatewaySecret }}
  {{- end }}
{{- end -}}

{{/* One variable from the Secret. Takes root, variable and key. */}}
{{- define "tollgate.secret" -}}
- name: {{ .variable }}
  valueFrom:
    secretKeyRef:
      name: {{ .root.Values.secrets.existingSecret }}
      key: {{ .key }}
{{- end -}}
