{{- /* Where Kafka is: Strimzi's Service under its full name (KEDA asks from another namespace), or the existing one. */}}
{{- define "kaiseki.kafka.bootstrap" -}}
{{- if .Values.kafka.create -}}
kaiseki-kafka-bootstrap.{{ .Release.Namespace }}.svc:9093
{{- else -}}
{{ required "kafka.existing.bootstrap is needed where kafka.create is false" .Values.kafka.existing.bootstrap }}
{{- end -}}
{{- end -}}

{{- define "kaiseki.cassandra.contactPoints" -}}
{{- if .Values.cassandra.create -}}
kaiseki-{{ .Values.cassandra.dataCenter }}-service:9042
{{- else -}}
{{ required "cassandra.existing.contactPoints is needed where cassandra.create is false" .Values.cassandra.existing.contactPoints }}
{{- end -}}
{{- end -}}

{{- define "kaiseki.cassandra.credentialsSecret" -}}
{{- if .Values.cassandra.create -}}
kaiseki-superuser
{{- else -}}
{{ required "cassandra.existing.credentialsSecret is needed where cassandra.create is false" .Values.cassandra.existing.credentialsSecret }}
{{- end -}}
{{- end -}}
